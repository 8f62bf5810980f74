// Draws lanes on a canvas. Returns what was drawn where, for the pointer.

import { stateOf, isIoWait } from './states.js';
import { ticks } from './scale.js';
import { ms, percent } from './words.js';

const axis = 22;
const tallest = 34;
const lowest = 7;
const narrowest = 28;   // no number fits into less

export const gutterOf = width => width < 520 ? 78 : 128;

/**
 * @param context  of the canvas, in CSS pixels
 * @param size     { width, height }
 * @param view     { start, end }
 * @param lanes    from layOut
 * @param options  { colours, origin and labelWidth of the time axis, scroll, marked: Set of ids or null, chosen: record or null, hovered: segment or null, label: (time, distance) => string }
 */
export function paint(context, size, view, lanes, options) {
  const { colours } = options;
  const gutter = gutterOf(size.width);
  const perMs = (size.width - gutter) / (view.end - view.start);
  const x = time => gutter + (time - view.start) * perMs;
  const room = size.height - axis;
  const height = Math.max(lowest, Math.min(tallest, Math.floor(room / Math.max(1, lanes.length))));
  const most = Math.max(0, Math.ceil(lanes.length - room / height));
  const scroll = Math.min(options.scroll, most);

  context.clearRect(0, 0, size.width, size.height);
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  grid(context, size, view, x, gutter, options);

  const shown = lanes.slice(scroll, scroll + Math.ceil(room / height));
  const drawn = [];
  context.save();
  context.beginPath();
  context.rect(gutter, axis, size.width - gutter, room);
  context.clip();
  shown.forEach((lane, row) => {
    const top = axis + row * height;
    if (row % 2) {
      context.fillStyle = colours.stripe;
      context.fillRect(gutter, top, size.width - gutter, height);
    }
    segments(context, lane, top, height, x, size.width, options, drawn);
  });
  shade(context, size, x, options);
  context.restore();
  labels(context, shown, height, gutter, colours);
  return { drawn, lanes, gutter, perMs, scroll, below: Math.max(0, lanes.length - scroll - Math.floor(room / height)), above: scroll };
}

function grid(context, size, view, x, gutter, { colours, label, origin = 0, labelWidth = 110 }) {
  const lines = ticks(view.start - origin, view.end - origin, Math.max(2, Math.floor((size.width - gutter) / labelWidth)));
  context.strokeStyle = colours.line;
  context.fillStyle = colours.quiet;
  context.lineWidth = 1;
  context.textAlign = 'left';
  context.beginPath();
  for (const time of lines.at.map(distance => origin + distance)) {
    const at = Math.round(x(time)) + 0.5;
    context.moveTo(at, axis - 4);
    context.lineTo(at, size.height);
    const text = label(time, lines.distance);
    if (at + context.measureText(text).width < size.width) context.fillText(text, at + 4, axis / 2);
  }
  context.moveTo(gutter + 0.5, axis);
  context.lineTo(gutter + 0.5, size.height);
  context.stroke();
}

function segments(context, lane, top, height, x, width, { colours, marked, chosen, hovered }, drawn) {
  let lastRight = -1, lastKind = null;
  for (const segment of lane.segments) {
    const left = Math.max(x(segment.start), -10), right = Math.min(x(segment.end), width + 10);
    if (right < 0 || left > width) continue;
    const state = stateOf(segment.kind);
    const tall = Math.max(2, Math.round((height - 2) * state.height));
    const y = top + Math.round((height - tall) / 2);
    const wide = Math.max(1, right - left);
    drawn.push({ left, right: left + wide, top, bottom: top + height, segment });
    const dimmed = marked !== null && !marked.has(segment.record.id);
    // Many that share a pixel and a colour are one bar.
    if (wide <= 1 && lastKind === segment.kind && left + wide - lastRight < 0.5) continue;
    lastRight = left + wide;
    lastKind = segment.kind;
    const colour = colours.states[segment.kind] ?? colours.states.unexplained;
    context.globalAlpha = dimmed ? 0.22 : 1;
    context.fillStyle = colour.fill;
    context.fillRect(left, y, wide, tall);
    if (!dimmed && (segment === hovered || segment.record === chosen)) {
      context.strokeStyle = colours.text;
      context.lineWidth = segment === hovered ? 2 : 1;
      context.strokeRect(left + 0.5, y + 0.5, Math.max(1, wide - 1), tall - 1);
    }
    if (wide > narrowest && tall >= 10) inscribe(context, segment, Math.max(left, 0), Math.min(right, width), y + tall / 2, colour.text);
    context.globalAlpha = 1;
  }
}

/** What fits into the bar. CPU, locks and collections are known for the request as a whole: they are told, never drawn at a place. */
function inscribe(context, segment, left, right, middle, colour) {
  const { record } = segment;
  const room = right - left - 6;
  const name = `#${record.id}`;
  const texts = segment.kind === 'work' ? workTexts(record, name)
    : [`${name} ${stateOf(segment.kind).name} ${ms(segment.end - segment.start)} ms`, `${name} ${stateOf(segment.kind).name}`, name];
  const text = texts.find(text => context.measureText(text).width <= room);
  if (text) {
    context.fillStyle = colour;
    context.textAlign = 'left';
    context.fillText(text, left + 3, middle + 0.5);
  }
}

/** Of the request's time outside of named waits, how much was what. */
export function shares(record) {
  if (record.cpu_ms === undefined) return [];
  const waits = (record.wait_ms ?? 0) - (record.lock_ms ?? 0);
  const rest = record.wall_ms - waits;
  if (rest <= 0) return [];
  return [['CPU', record.cpu_ms], ['wanted a CPU', record.runnable_ms], ['lock', record.lock_ms], ['GC', record.gc_ms], ['unexplained', record.unexplained_ms]]
    .filter(([, time]) => time !== undefined).map(([name, time]) => ({ name, time, share: time / rest }));
}

/** From all that is to be said of a bar of work to the least: the shares stay longest. */
function workTexts(record, name) {
  const parts = shares(record).filter(part => part.share > 0 && part.name !== 'unexplained').map(part => `${part.name} ${percent(part.share)}`);
  const all = parts.join(' · ');
  const what = record.workload ?? 'work';
  return parts.length === 0 ? [`${name} ${what}`, name] : [`${name} ${what} · ${all}`, `${name} ${all}`, all, `${name} ${parts[0]}`, parts[0], name];
}

/** The time of the hovered or chosen request's I/O waits, across all lanes: what lies under it happened meanwhile. */
function shade(context, size, x, { colours, chosen, hovered }) {
  const record = hovered?.record ?? chosen;
  if (!record) return;
  context.fillStyle = colours.accent;
  context.globalAlpha = 0.09;
  for (const segment of record.segments) {
    if (isIoWait(segment.kind)) context.fillRect(x(segment.start), axis, Math.max(1, x(segment.end) - x(segment.start)), size.height - axis);
  }
  context.globalAlpha = 1;
}

function labels(context, lanes, height, gutter, colours) {
  const every = Math.max(1, Math.ceil(11 / height));
  context.textAlign = 'right';
  lanes.forEach((lane, row) => {
    if (row % every) return;
    if (lane.loose && row > 0 && lanes[row - 1].loose) return;
    const middle = axis + row * height + height / 2;
    context.fillStyle = colours.quiet;
    const note = gutter > 100 ? lane.note : '';
    const noteWidth = note ? context.measureText(note).width + 6 : 0;
    if (note) context.fillText(note, gutter - 6, middle);
    context.fillStyle = colours.text;
    context.fillText(lane.label, gutter - 6 - noteWidth, middle, gutter - 10 - noteWidth);
  });
}
