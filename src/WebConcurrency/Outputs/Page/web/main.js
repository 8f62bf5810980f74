// Puts the page together. Each module is one idea; the state that they share is here.

import { Board } from './board.js';
import { ServerClock } from './clock.js';
import { Comparison } from './compare.js';
import { control } from './controls.js';
import { showDetail } from './detail.js';
import { Filter } from './filter.js';
import { FirePanel } from './fire.js';
import { View, clock } from './scale.js';
import { legend } from './states.js';
import { Store } from './store.js';
import { listen } from './stream.js';
import { percentiles, strip } from './summary.js';
import { NewestTable } from './table.js';
import { tipOf } from './tip.js';
import { byId, element, ms, title } from './words.js';

const root = new URL('..', import.meta.url).href.replace(/\/$/, '');
const store = new Store();
const server = new ServerClock();
const view = new View(server.now, () => store.lastEnd);
let opener = null;
let counts = null;
let missed = 0;
let chosen = null;
let meanwhile = new Set();
let shownSpan = view.span;

const filter = new Filter(() => redraw(), span => {
  view.span = shownSpan = span;
  view.follow();
  redraw();
});

const board = new Board(byId('board'), {
  view,
  threads: store.threads,
  records: ({ start, end }) => store.between(start, end, filter.passes),
  mode: () => filter.mode,
  marked: () => chosen === null ? null : new Set([chosen.id, ...meanwhile]),
  chosen: () => chosen,
  label: (time, distance) => store.wallOffset === null ? `${(time / 1000).toFixed(1)} s` : clock(time + store.wallOffset, distance),
  moves: () => view.live && !view.rests && store.records.length > 0,
});
const comparison = new Comparison({ threads: store.threads, mode: () => filter.mode, chosen: () => chosen, meanwhile: () => meanwhile, open, openChosen, close, next });
const table = new NewestTable(record => open(record));
const summary = percentiles(`${root}/summary`, () => server.isKnown);
summary.follow(() => `${counts?.finished}`);
const fire = new FirePanel({
  newest: () => store.newest,
  find: id => store.find(id),
  recordsAfter: (sequence, strategy) => store.records.filter(record => record.sequence > sequence && (strategy === '' || record.strategy === strategy)),
  fired: () => summary.ask(),
  compare: (first, second) => {
    comparison.show(first, second);
    byId('compare').scrollIntoView({ block: 'nearest' });
  },
});

/** What this page did not get, over all its connections, and what nobody who listens got to see. */
function tellLost() {
  byId('lost').hidden = missed === 0;
  byId('lost').textContent = `${missed.toLocaleString()} ${missed === 1 ? 'request is' : 'requests are'} missing here: too many at once, or read too slowly.`;
  const all = counts?.lost ?? 0;
  byId('listeners').hidden = !(counts?.clients > 1 || all > missed);
  byId('listeners').textContent = counts === null ? '' : `${counts.clients} listening${all === 0 ? '' : `, ${all.toLocaleString()} missed by all together`}`;
}

function redraw() {
  board.changed();
  comparison.changed();
  tell();
}

/** What the figures, the table and the state line say: not at each frame, which nobody could read. */
function tell() {
  filter.offer(store);
  const { start, end } = view;
  const shown = store.between(start, end, filter.passes);
  strip(shown, Math.min(view.span, Math.max(1, end)), counts);
  table.show(shown, chosen);
  byId('pause').setAttribute('aria-pressed', String(!view.live));
  byId('pause').textContent = view.live ? 'Pause' : 'Go live';
  const lanes = board.lanesAbove + board.lanesBelow > 0 ? ` ${board.lanesAbove} lanes above, ${board.lanesBelow} below (↑ ↓).` : '';
  const what = store.records.length === 0 ? 'Nothing has finished yet: send a request, and it will be here.'
    : !view.live ? `Standing still: ${ms(view.span)} ms, ${shown.length} requests.`
    : view.rests ? `Resting: nothing has finished since ${clock(store.lastEnd + store.wallOffset, 1000)}.`
    : `Live: the last ${(view.span / 1000).toFixed(view.span < 1000 ? 3 : 0)} s.`;
  byId('view-state').textContent = what + lanes;
}

/** @param from the board to which the focus goes back */
async function open(record, from = board) {
  chosen = record;
  opener = from;
  meanwhile = new Set();
  redraw();
  const others = await showDetail(`${root}/requests`, record, id => {
    const other = store.find(id);
    if (other) open(other, from);
  });
  if (chosen !== record) return;
  meanwhile = others;
  redraw();
  byId('detail').focus({ preventScroll: true });
  // Beside the lanes it is in sight already; below them its beginning is to be seen, however long it is.
  if (!matchMedia('(min-width: 70rem)').matches) byId('detail').scrollIntoView({ block: 'start' });
}

function openChosen(from) { if (chosen) open(chosen, from); }

function close() {
  const wasOpen = !byId('detail').hidden;
  byId('detail').hidden = true;
  chosen = null;
  meanwhile = new Set();
  if (wasOpen) opener.canvas.focus({ preventScroll: true });
  redraw();
}

function pause() {
  if (view.live) view.hold();
  else {
    view.span = shownSpan;
    view.follow();
  }
  say(view.live ? 'Live.' : 'Standing still.');
  redraw();
}

function say(text) { byId('said').textContent = text; }

function pan(milliseconds) {
  view.pan(milliseconds);
  redraw();
}

function zoom(factor, at) {
  view.zoom(factor, at);
  redraw();
}

/** The last burst: back from the last record, until for a moment nothing ran. */
function fit() {
  const shown = store.between(store.lastEnd - 60000, store.lastEnd, filter.passes).sort((one, other) => other.end - one.end);
  if (shown.length === 0) return;
  let from = shown[0].start;
  for (const record of shown) {
    if (from - record.end > 500) break;
    from = Math.min(from, record.start);
  }
  view.show(from, shown[0].end);
  redraw();
}

/** From one request to the next in order of starting, without a pointer. */
function next(step, among) {
  const shown = among.toSorted((one, other) => one.start - other.start);
  if (shown.length === 0) return;
  const at = shown.indexOf(chosen);
  chosen = at < 0 ? shown[step > 0 ? 0 : shown.length - 1] : shown[Math.min(shown.length - 1, Math.max(0, at + step))];
  meanwhile = new Set();
  board.reveal(chosen);
  say(`${title(chosen)}, ${chosen.strategy ?? 'no strategy'}, took ${ms(chosen.wall_ms)} ms${chosen.covered_ms === undefined ? '' : `, ${ms(chosen.covered_ms)} ms of its I/O wait covered`}. Enter opens its record.`);
  redraw();
}

control(board, {
  hover: tipOf(board), pan, zoom, pause, close, fit,
  open: record => open(record),
  next: step => {
    view.hold();
    next(step, store.between(view.start, view.end, filter.passes));
  },
  follow: () => { view.span = shownSpan; view.follow(); redraw(); },
  scroll: lanes => { board.scroll = Math.max(0, board.scroll + lanes); redraw(); },
  openChosen: () => openChosen(),
});
byId('pause').addEventListener('click', pause);
byId('earlier').addEventListener('click', () => pan(-0.25 * view.span));
byId('later').addEventListener('click', () => pan(0.25 * view.span));
byId('zoom-in').addEventListener('click', () => zoom(0.5));
byId('zoom-out').addEventListener('click', () => zoom(2));
byId('fit').addEventListener('click', fit);
byId('close').addEventListener('click', close);
byId('detail').addEventListener('keydown', event => { if (event.key === 'Escape') close(); });
byId('legend').append(...legend.map(state => element('li', {}, element('span', { class: `swatch ${state.kind}`, 'aria-hidden': 'true' }), state.name)));

globalThis.page = { before: null };   // the newest sequence when the stream began
const states = { connecting: 'connecting …', live: 'live', cut: 'The stream is cut; connecting again …' };
listen(`${root}/events`, {
  hello: (hello, isAnother) => {
    if (isAnother) {
      store.clear();
      comparison.clear();
      close();
      counts = null;
      missed = 0;
      tellLost();
    }
    server.set(hello.now_ms);
    globalThis.page.before = hello.sequence;
    fire.show(hello.fire);
  },
  record: record => {
    if (!store.add(record)) return;
    server.saw(record.end);
    board.changed();
  },
  counts: now => {
    counts = now;
    tellLost();
  },
  lost: lost => {
    missed += lost.count;
    tellLost();
  },
  state: state => {
    byId('connection').dataset.state = state;
    byId('connection').textContent = states[state];
  },
});
setInterval(tell, 500);
summary.ask();

// For tests, and for the curious: what the page knows and shows.
Object.assign(globalThis.page, { store, view, board, comparison });
