// The server-sent events: connects, says when it is cut, and connects again.

const firstWait = 1000;
const longestWait = 10000;

/**
 * @param url      where the events are
 * @param handlers hello, record, counts, lost, state
 */
export function listen(url, handlers) {
  let source = null;
  let instance = null;
  let wait = firstWait;
  let timer = 0;

  function open() {
    source?.close();
    source = new EventSource(url);
    source.addEventListener('hello', event => {
      const hello = JSON.parse(event.data);
      if (instance !== null && instance !== hello.instance) {
        // Another process: its numbers begin anew, and what this connection skips because of the old ones would be missing.
        instance = hello.instance;
        handlers.hello(hello, true);
        open();
        return;
      }
      instance = hello.instance;
      wait = firstWait;
      handlers.hello(hello, false);
      handlers.state('live');
    });
    source.addEventListener('counts', event => handlers.counts(JSON.parse(event.data)));
    source.addEventListener('lost', event => handlers.lost(JSON.parse(event.data)));
    source.addEventListener('message', event => handlers.record(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      handlers.state('cut');
      // The browser itself tries again after a lost connection, but gives up after an answer such as 503.
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(timer);
        timer = setTimeout(open, wait);
        wait = Math.min(2 * wait, longestWait);
      }
    });
  }

  handlers.state('connecting');
  open();
}
