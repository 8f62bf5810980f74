// The strip of figures, and the percentiles that the server computes.

import { byId, element, ms, percent } from './words.js';
import { isIoWait } from './states.js';

const refresh = 5000;

/** Figures of the records in the time shown; running and queued are the server's own, of now. */
export function strip(records, span, counts) {
  const threads = new Set();
  let waited = 0, covered = 0;
  for (const record of records) {
    for (const segment of record.segments) {
      if (segment.thread) threads.add(segment.thread.key);
      if (isIoWait(segment.kind) && record.covered_ms !== undefined) waited += segment.end - segment.start;
    }
    covered += record.covered_ms ?? 0;
  }
  byId('rate').textContent = records.length === 0 ? '0' : (1000 * records.length / span).toFixed(span >= 1000 * records.length ? 1 : 0);
  byId('running').textContent = counts?.running ?? '–';
  byId('queued').textContent = counts?.queued ?? '–';
  byId('threads').textContent = threads.size;
  byId('overlap').textContent = waited > 0 ? percent(Math.min(1, covered / waited)) : '–';
  const times = byStrategy(records);
  byId('times').replaceChildren(...times.length === 0 ? ['–'] : times.map(({ strategy, p50, p99, count }) =>
    element('span', { title: `${count} requests` }, element('b', {}, strategy), ` ${ms(p50)} / ${ms(p99)}`)));
}

/** Percentiles by nearest rank, as the server's are: each is a time that was measured. */
export function byStrategy(records) {
  const times = new Map();
  for (const record of records) {
    const strategy = record.strategy ?? 'none';
    if (!times.has(strategy)) times.set(strategy, []);
    times.get(strategy).push(record.wall_ms);
  }
  return [...times].sort(([one], [other]) => one < other ? -1 : 1).map(([strategy, walls]) => {
    const sorted = Float64Array.from(walls).sort();
    const rank = share => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return { strategy, p50: rank(0.5), p99: rank(0.99), count: sorted.length };
  });
}

/** A route may be broken in front of a slash, and nowhere else. */
const breakable = text => text.split(/(?=\/)/).flatMap((part, i) => i === 0 ? [part] : [element('wbr'), part]);

/** Asks for the summary now and then; not while nobody looks. */
export function percentiles(url, mayAsk) {
  const body = byId('percentiles').tBodies[0];
  let asked = '';
  async function ask(finished) {
    if (!mayAsk() || document.hidden || asked === finished) return;
    asked = finished;
    try {
      const answer = await fetch(url, { cache: 'no-store' });
      if (!answer.ok) return;
      const summary = await answer.json();
      body.replaceChildren(...summary.routes.map(route => element('tr', {},
        element('th', { scope: 'row' }, route.strategy === undefined ? '' : element('b', {}, `${route.strategy} `), ...breakable(`${route.method} ${route.route}`)),
        element('td', {}, route.count),
        element('td', {}, ms(route.columns.wall_ms?.p50)),
        element('td', {}, ms(route.columns.wall_ms?.p99)),
        element('td', {}, route.overlap?.covered_share === undefined ? '' : percent(route.overlap.covered_share)))));
    } catch {
      // The stream says that the server is away.
    }
  }
  let finished = () => '';
  setInterval(() => ask(finished()), refresh);
  return { ask: () => ask(finished()), follow: look => { finished = look; } };
}
