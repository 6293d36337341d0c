// What the page does. All HTML comes from the server, which has escaped it.

const REFRESH_MS = 2000;
const part = (id) => document.getElementById(id);

/** Asks the server; what it answers is HTML, also when it refuses. */
async function ask(path, asked = {}) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Inspector-Request': '1' },
      body: JSON.stringify(asked),
    });
    return await response.text();
  } catch {
    return '<p class="fault">The local site does not answer: has it been stopped?</p>';
  }
}

/** What a form's fields say, but for empty ones. */
function fieldsOf(form, submitter) {
  const fields = [...new FormData(form, submitter)].map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(fields.filter(([, value]) => value !== ''));
}

async function watch() {
  if (!document.hidden) part('status').innerHTML = await ask('/status');
  setTimeout(watch, REFRESH_MS);
}

const turns = {};

/** What a place is to show; undefined when it has been asked for again meanwhile: the later answer is the one to show. */
async function askFor(place, path, asked) {
  const turn = (turns[place] = (turns[place] ?? 0) + 1);
  const markup = await ask(path, asked);
  return turn === turns[place] ? markup : undefined;
}

/** Shows pages anew. The keyboard stays at the button that it was at, which is another element then. */
async function showPages(next) {
  const markup = await askFor('pages', '/pages', { ...fieldsOf(part('pages-form')), ...(next && { next }) });
  if (markup === undefined) return;
  const { activeElement } = document;
  const within = part('pages').contains(activeElement);
  part('pages').innerHTML = markup;
  if (!within) return;
  const { ariaLabel } = activeElement;
  const same = [...part('pages').querySelectorAll('button')].find((button) => button.ariaLabel === ariaLabel);
  (ariaLabel && same ? same : part('pages-heading')).focus();
}

async function showWay(path) {
  const { url, headers = '' } = fieldsOf(part('request-form'));
  const lines = headers.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => line.split(/:(.*)/s).map((side) => side.trim()));
  const markup = await askFor('way', path, { url, headers: pairs.map(([name, value = '']) => [name, value]) });
  if (markup === undefined) return;
  part('way').innerHTML = markup;
  part('way-heading').hidden = false;
  part('way-heading').focus();
  if (path === '/visit') await showPages();
}

async function purge(request) {
  part('said').innerHTML = await ask('/purge', request);
  // It may be longer than its place.
  part('said').tabIndex = 0;
  if (!request.dryRun) await showPages();
}

const SUBMITTED = {
  'pages-form': () => showPages(),
  'request-form': (form, { to }) => showWay(to),
  'purge-form': (form, { field, value, mode, dryRun }) =>
    purge({ [field]: field === 'everything' ? true : [value], mode, ...(dryRun && { dryRun: true }) }),
};

document.addEventListener('submit', (event) => {
  event.preventDefault();
  const { target: form, submitter } = event;
  SUBMITTED[form.id](form, fieldsOf(form, submitter));
});

document.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button?.dataset.purge) purge(JSON.parse(button.dataset.purge));
  if (button?.dataset.next) showPages(button.dataset.next);
  if (button?.dataset.inspect) {
    part('url').value = button.dataset.inspect;
    part('headers').value = '';
    showWay('/request');
  }
});

part('field').addEventListener('change', ({ target }) => {
  part('value').disabled = target.value === 'everything';
});

watch();
showPages();
