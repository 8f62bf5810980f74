// One request's whole record, and who worked during its waits.

import { byId, element, ms, percent, threadName, title } from './words.js';
import { stateOf } from './states.js';
import { shares } from './paint.js';

const timesInOrder = [
  ['queue_ms', 'queued'], ['connection_ms', 'waited for a connection'], ['db_ms', 'waited for the database'], ['io_ms', 'waited for other I/O'],
  ['gil_ms', 'waited for the GIL'], ['lock_ms', 'blocked on a lock'], ['gc_ms', 'stopped by the garbage collector'], ['cpu_ms', 'on a CPU'],
  ['runnable_ms', 'wanted a CPU'], ['unexplained_ms', 'unexplained'], ['work_ms', 'CPU, wanting one and unexplained'],
];
const beside = [
  ['covered_ms', 'I/O wait covered by others’ work'], ['others_work_ms', 'others’ work meanwhile'], ['overlapped', 'others who worked meanwhile'],
  ['thread_start_ms', 'of the queue: making the thread'], ['arrival_ms', 'before the server saw it'], ['parallel_cpu_ms', 'CPU of further branches'],
  ['hops', 'changes of thread'], ['allocated_bytes', 'bytes allocated'],
];
const plain = new Set(['overlapped', 'hops', 'allocated_bytes']);

/** @returns the ids of the requests that worked meanwhile */
export async function showDetail(url, record, openOther) {
  byId('detail').hidden = false;
  byId('detail-title').textContent = title(record);
  const body = byId('detail-body');
  let whole = record, note = null;
  try {
    const answer = await fetch(`${url}/${record.id}`, { cache: 'no-store' });
    if (answer.ok) whole = await answer.json();
    else note = 'Its record is no longer kept by the server; this is what the stream told.';
  } catch {
    note = 'The server does not answer; this is what the stream told.';
  }

  const workers = new Map();
  for (const phase of whole.phases) {
    for (const other of phase.overlapped_by ?? []) workers.set(other.id, other);
  }
  body.replaceChildren(
    element('p', {}, `${whole.status}, ${whole.strategy ?? 'no strategy'}${whole.workload ? `, ${whole.workload}` : ''}; ${new Date(whole.started_at).toLocaleTimeString()}`),
    element('p', {}, whole.threads.length === 0 ? 'no thread' : `thread ${whole.threads.map(threadName).join(', ')}`),
    note === null ? '' : element('p', { class: 'note' }, note),
    figures(whole),
    offWaits(whole),
    element('h3', {}, 'Phases'),
    element('ol', { class: 'phases' }, ...whole.phases.map(phase => phaseItem(phase, openOther))),
    whole.phases_left_out ? element('p', { class: 'note' }, 'Not all of its phases are kept.') : '');
  return new Set(workers.keys());
}

function figures(record) {
  const row = ([name, words]) => record[name] === undefined ? null
    : element('tr', {}, element('th', { scope: 'row' }, words), element('td', {}, plain.has(name) ? record[name].toLocaleString() : ms(record[name])), element('td', {}, plain.has(name) ? '' : 'ms'));
  return element('table', { class: 'figures' },
    element('tbody', {}, element('tr', { class: 'sum' }, element('th', { scope: 'row' }, 'took'), element('td', {}, ms(record.wall_ms)), element('td', {}, 'ms')), ...timesInOrder.map(row)),
    element('tbody', {}, ...beside.map(row)));
}

/** Totals of the request: where inside its bars they fell, nobody knows. */
function offWaits(record) {
  const parts = shares(record);
  return parts.length === 0 ? '' : element('p', { class: 'note' },
    `Outside of its named waits: ${parts.map(part => `${part.name} ${percent(part.share)}`).join(', ')}. When inside its work bars is not known.`);
}

function phaseItem(phase, openOther) {
  const overlapped = phase.overlapped_by ?? [];
  return element('li', {},
    element('span', { class: `swatch ${stateOf(phase.kind).kind}`, 'aria-hidden': 'true' }),
    `${stateOf(phase.kind).name} ${ms(phase.ms)} ms`,
    element('small', {}, ` at ${ms(phase.start_ms)}${phase.thread ? `, thread ${threadName(phase.thread)}` : ', no thread held'}`),
    overlapped.length === 0 ? '' : element('ul', {}, ...overlapped.slice(0, 12).map(other => element('li', {},
      'meanwhile ', element('button', { type: 'button', class: 'link', onclick: () => openOther(other.id) }, `#${other.id}`),
      ` ${other.route ?? ''} worked ${ms(other.work_ms)} ms on thread ${threadName(other.thread)}`)),
    overlapped.length > 12 ? element('li', {}, `and ${overlapped.length - 12} more`) : ''));
}

/** A few lines for the pointer. */
export function tipLines(segment) {
  const { record } = segment;
  const lines = [
    `${title(record)} ${record.status}${record.strategy ? `, ${record.strategy}` : ''}`,
    `${stateOf(segment.kind).name} ${ms(segment.end - segment.start)} ms${segment.thread ? `, thread ${threadName(segment.thread)}` : ', no thread held'}`,
    `of ${ms(record.wall_ms)} ms in all: ${timesInOrder.filter(([name]) => record[name] >= 0.05).map(([name]) => `${name.slice(0, -3)} ${ms(record[name])}`).join(', ')}`,
  ];
  if (record.covered_ms > 0) lines.push(`${ms(record.covered_ms)} ms of its I/O wait covered by ${record.overlapped ?? 'some'} other${record.overlapped === 1 ? '' : 's'}`);
  if (segment.kind === 'work') {
    const parts = shares(record);
    if (parts.length > 0) lines.push(`outside of waits: ${parts.map(part => `${part.name} ${percent(part.share)}`).join(', ')}`);
  }
  return lines;
}
