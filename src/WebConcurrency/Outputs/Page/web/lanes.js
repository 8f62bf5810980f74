// Which lane a segment is drawn on.

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
  return ordered.map(record => ({
    label: `#${record.id} ${record.workload ?? record.route}`,
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

function pack(segments) {
  segments.sort((one, other) => one.start - other.start);
  const lanes = [];
  const ends = [];
  for (const segment of segments) {
    let row = ends.findIndex(end => end <= segment.start);
    if (row < 0) {
      row = ends.length;
      lanes.push({ label: 'no thread', note: '', loose: true, segments: [] });
    }
    ends[row] = segment.end;
    lanes[row].segments.push(segment);
  }
  return lanes;
}
