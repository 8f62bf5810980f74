// The records that came over the stream: the newest ones, bounded in requests and in segments.

const mostRecords = 20000;
const mostSegments = 120000;

export class Store {
  records = [];         // in the order of finishing
  threads = new Map();  // key → { key, managed, os, order }
  strategies = new Set();
  routes = new Set();
  version = 0;
  newest = 0;           // the highest sequence; they come in its order
  lastEnd = 0;          // when the last one finished, on the server's clock
  wallOffset = null;    // the server's wall clock less the stream's clock, both in ms
  #segments = 0;
  #byId = new Map();

  clear() {
    this.records = [];
    this.threads.clear();
    this.#byId.clear();
    this.#segments = this.newest = this.lastEnd = 0;
    this.wallOffset = null;
    this.version++;
  }

  /** @returns whether it is new: whoever comes back may be told again what is known already. */
  add(record) {
    if (record.sequence <= this.newest) return false;
    record.start = record.at_ms;
    record.end = record.at_ms + record.wall_ms;
    record.segments = segmentsOf(record);
    for (const segment of record.segments) {
      if (segment.thread) this.#meet(segment.thread);
    }

    if (record.strategy !== undefined) this.strategies.add(record.strategy);
    this.routes.add(record.route);
    this.records.push(record);
    this.#byId.set(record.id, record);
    this.#segments += record.segments.length;
    this.newest = record.sequence;
    this.lastEnd = Math.max(this.lastEnd, record.end);
    this.wallOffset ??= Date.parse(record.started_at) - record.at_ms;
    if (this.records.length > mostRecords || this.#segments > mostSegments) this.#forget();
    this.version++;
    return true;
  }

  find(id) { return this.#byId.get(id); }

  /** Those that share time with a stretch, in the order of finishing. */
  between(from, to, passes) {
    // Finishing order is that of the ends, but for the moment between a clock's reading and a record's place in the row.
    let low = 0, high = this.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.records[middle].end < from - 50) low = middle + 1;
      else high = middle;
    }
    const found = [];
    for (let i = low; i < this.records.length; i++) {
      const record = this.records[i];
      if (record.end >= from && record.start <= to && passes(record)) found.push(record);
    }
    return found;
  }

  #meet(thread) {
    const key = `${thread.managed}/${thread.os}`;
    let known = this.threads.get(key);
    if (!known) {
      known = { key, ...thread, order: this.threads.size };
      this.threads.set(key, known);
    }
    thread.key = key;
  }

  #forget() {
    // In lumps: forgetting one by one would move the whole row each time.
    const gone = this.records.splice(0, Math.ceil(this.records.length / 8));
    for (const record of gone) {
      this.#byId.delete(record.id);
      this.#segments -= record.segments.length;
    }
    const kept = new Set(this.records.flatMap(record => record.segments.filter(s => s.thread).map(s => s.thread.key)));
    for (const key of this.threads.keys()) if (!kept.has(key)) this.threads.delete(key);
  }
}

/** Its phases on the stream's clock; what lies between them is unexplained, or was not told. */
function segmentsOf(record) {
  const segments = [];
  let at = 0;
  const gap = record.phases_left_out ? 'left_out' : 'unexplained';
  const add = (kind, from, to, thread) => segments.push({ kind, start: record.at_ms + from, end: record.at_ms + to, thread, record });
  for (const phase of record.phases) {
    if (phase.start_ms > at) add(gap, at, phase.start_ms);
    add(phase.kind, phase.start_ms, phase.end_ms, phase.thread);
    at = phase.end_ms;
  }
  if (record.wall_ms > at) add(gap, at, record.wall_ms);
  return segments;
}
