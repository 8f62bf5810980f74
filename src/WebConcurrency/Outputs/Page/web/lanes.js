// Which lane a segment is drawn on.

import { Heap } from './heap.js';

/**
 * One lane a request, or one a thread. What holds no thread (a queue, an awaited wait) has lanes of its own above the threads, so that it is seen all the same; there
 * segments that do not meet share a lane.
 * @param shortest segments without a thread that are shorter are not given a place: they could not be seen
 */
export function layOut(records, mode, threads, shortest) {
  return mode === 'request' ? byRequest(records) : byThread(records, threads, shortest);
}

function byRequest(records) {
  const ordered = [...records].sort((one, other) => one.start - other.start);
  // Its name is made when it is written: of thousands of lanes some dozens are in sight.
  return ordered.map(record => ({
    get label() { return `#${record.id} ${record.workload ?? record.route}`; },
    note: record.strategy ?? '',
    segments: record.segments,
  }));
}

function byThread(records, threads, shortest) {
  const byKey = new Map();
  const loose = [];
  for (const record of records) {
    for (const segment of record.segments) {
      if (!segment.thread) {
        if (segment.end - segment.start >= shortest) loose.push(segment);
        continue;
      }
      const key = segment.thread.key;
      let lane = byKey.get(key);
      if (!lane) {
        const thread = threads.get(key) ?? segment.thread;
        byKey.set(key, lane = { label: `${thread.managed}`, note: thread.os === undefined ? '' : `OS ${thread.os}`, order: thread.order ?? 0, segments: [] });
      }
      lane.segments.push(segment);
    }
  }
  const owned = [...byKey.values()].sort((one, other) => one.order - other.order);
  return [...pack(loose), ...owned];
}

/** Each segment goes to the highest lane that is free when it starts. */
function pack(segments) {
  segments.sort((one, other) => one.start - other.start);
  const lanes = [];
  const free = new Heap((one, other) => one - other);
  const taken = new Heap((one, other) => one.end - other.end);
  for (const segment of segments) {
    while (taken.size > 0 && taken.first.end <= segment.start) free.add(taken.take().row);
    const row = free.size > 0 ? free.take() : lanes.length;
    if (row === lanes.length) lanes.push({ label: 'no thread', note: '', loose: true, segments: [] });
    lanes[row].segments.push(segment);
    taken.add({ row, end: segment.end });
  }
  return lanes;
}
