// What a request can be doing, in the order of the legend. Colours are near Okabe and Ito's, which colour-blind people tell apart; beside the colour, work is as high as
// its lane, a wait lower, and what belongs to nobody's work a thin line.

const all = [
  { kind: 'work', name: 'working', height: 1 },
  { kind: 'queue', name: 'queued', height: 0.62 },
  { kind: 'db', name: 'database', height: 0.62 },
  { kind: 'connection', name: 'connection', height: 0.62 },
  { kind: 'gil', name: 'GIL', height: 0.62 },
  { kind: 'io', name: 'other I/O', height: 0.62 },
  { kind: 'unexplained', name: 'unexplained', height: 0.34 },
  { kind: 'pipeline', name: 'framework (pipeline)', height: 0.2 },
];

const byKind = new Map(all.map(state => [state.kind, state]));
byKind.set('thread_start', { ...byKind.get('queue'), name: 'queued: its thread is being made' });
byKind.set('left_out', { ...byKind.get('unexplained'), name: 'phases not told' });

export const legend = all;
export const stateOf = kind => byKind.get(kind) ?? byKind.get('unexplained');
export const isIoWait = kind => kind === 'db' || kind === 'io';

/** The colours of now: they differ between light and dark. */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(`--${name}`).trim();
  const states = {};
  for (const [kind, state] of byKind) states[kind] = { fill: colour(state.kind), text: colour(`on-${state.kind}`) };
  return { states, text: colour('text'), quiet: colour('quiet'), line: colour('line'), stripe: colour('stripe'), accent: colour('accent'), ground: colour('ground') };
}
