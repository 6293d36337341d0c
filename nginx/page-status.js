// njs. A page comes from the writer as 200, so that what is no page is known by its status. What it really is the writer says
// in headers that no origin can send through it: see lib/site/writer-protocol.ts.
var noType = 'application/x-nms-none';

function restore(request) {
  if (request.headersOut['Content-Type'] === noType) {
    delete request.headersOut['Content-Type'];
  }
  var status = request.variables.upstream_http_x_nms_status;
  if (status) {
    request.status = Number(status);
  }
  // nginx's own variable says 200, as every page is on its way.
  request.variables.page_status = String(request.status);
}

export default { restore };
