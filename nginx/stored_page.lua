-- What is to be said of a stored page at the moment in which it is answered. Its times come in a header of ours:
-- see lib/site/writer-protocol.ts.
local find, gmatch, match, sub, max = string.find, string.gmatch, string.match, string.sub, math.max
local now = ngx.time

local TIMES = "X-Nms-Times"

local stored_page = {}

-- Takes the times off an answer and says its age (RFC 9111 section 5.1); gives the times. An error here would leave the visitor
-- without any answer: of times that nobody can read, a page is as if it came now.
local function say_age()
  local header = ngx.header
  local times = header[TIMES]
  if times then
    header[TIMES] = nil
    local space = find(times, " ", 1, true) or 0
    header["Age"] = max(now() - (tonumber(sub(times, 1, space - 1)) or now()), 0)
  end
  return times
end

function stored_page.tell_age()
  say_age()
end

-- The same where visitors are answered. Only a page has times; what else nginx answers there are its own refusals.
function stored_page.tell_hit()
  if say_age() then
    request_counts.hit()
  else
    request_counts.refused()
  end
end

-- The age, and for Cache-Status how many seconds of its lifetime are left (RFC 9211 section 2.7).
function stored_page.tell_age_and_ttl()
  local times = say_age()
  if times then
    ngx.var.page_ttl = "; ttl=" .. ((tonumber(sub(times, (find(times, " ", 1, true) or 0) + 1)) or now()) - now())
  end
  return times
end

function stored_page.tell_hit_and_ttl()
  if stored_page.tell_age_and_ttl() then
    request_counts.hit()
  else
    request_counts.refused()
  end
end

-- Of a page that the writer has stored just now, and that comes from the store because it is too large for another way.
function stored_page.tell_age_of_found()
  if ngx.var.upstream_http_x_nms_outcome == "stored" then
    ngx.header[TIMES] = nil
  else
    say_age()
  end
end

-- Whether one of the tags of If-None-Match is that of the page, by weak comparison (RFC 9110 section 13.1.2).
local function has_tag(asked, etag)
  if asked == "*" then
    return true
  end
  local opaque = etag and match(etag, '"[^"]*"')
  for tag in gmatch(asked, '"[^"]*"') do
    if tag == opaque then
      return true
    end
  end
  return false
end

-- RFC 9110 section 13.2.2: If-Modified-Since counts where there is no If-None-Match.
local function has_it(header)
  local tags, since = ngx.var.http_if_none_match, ngx.var.http_if_modified_since
  if tags then
    return has_tag(tags, header["ETag"])
  end
  local modified = since and header["Last-Modified"]
  local date = modified and ngx.parse_http_time(since)
  local modified_at = date and ngx.parse_http_time(modified)
  return modified_at ~= nil and modified_at <= date
end

-- Answers who has the page that comes from the writer: nginx looks at conditions only where it answers by itself.
function stored_page.answer_condition()
  local header = ngx.header
  -- Every page is 200 on its way: see page-status.js.
  if ngx.status == 200 and not ngx.var.upstream_http_x_nms_status and has_it(header) then
    ngx.status = 304
    header["Content-Type"] = nil
    header["Content-Length"] = nil
    header["Content-Encoding"] = nil
  end
end

return stored_page
