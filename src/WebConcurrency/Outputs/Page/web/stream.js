// The server-sent events: connects, says when it is cut, and goes on where it was.

const firstWait = 1000;
const longestWait = 10000;
const atStart = 1000;

/**
 * @param url      where the events are
 * @param handlers hello, record, counts, lost, state
 */
export function listen(url, handlers) {
  let source = null;
  let instance = null;
  let seen = null;        // the sequence behind which to go on
  let wait = firstWait;
  let timer = 0;
  let heard = 0;          // when anything came last
  let silence = 12000;    // longer means that nobody is there

  function open() {
    source?.close();
    clearTimeout(timer);
    heard = performance.now();
    source = new EventSource(seen === null ? `${url}?last=${atStart}` : `${url}?since=${seen}`);
    on('hello', hello => {
      if (instance !== null && instance !== hello.instance) {
        // Another process: its numbers begin anew, and what this connection skips because of the old ones would be missing.
        instance = hello.instance;
        seen = null;
        handlers.hello(hello, true);
        open();
        return;
      }
      instance = hello.instance;
      wait = firstWait;
      // Two beats that did not come, and some for the way.
      silence = 2.4 * hello.beat_ms;
      handlers.hello(hello, false);
      handlers.state('live');
    });
    on('counts', handlers.counts);
    on('lost', (lost, id) => {
      seen = Math.max(seen ?? 0, id);
      handlers.lost(lost);
    });
    on('message', (record, id) => {
      seen = Math.max(seen ?? 0, id);
      handlers.record(record);
    });
    on('beat', () => {});
    const opened = source;
    source.addEventListener('error', () => {
      if (opened !== source) return;
      handlers.state('cut');
      // The browser itself tries again after a lost connection, but gives up after an answer such as 503.
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(timer);
        timer = setTimeout(open, wait);
        wait = Math.min(2 * wait, longestWait);
      }
    });
  }

  function on(name, handle) {
    source.addEventListener(name, event => {
      heard = performance.now();
      handle(JSON.parse(event.data), Number(event.lastEventId));
    });
  }

  // A connection whose other end is gone without a word stays open for ever: only its silence tells.
  setInterval(() => {
    if (performance.now() - heard < silence || source.readyState === EventSource.CLOSED) return;
    handlers.state('cut');
    open();
  }, 500);

  handlers.state('connecting');
  open();
}
