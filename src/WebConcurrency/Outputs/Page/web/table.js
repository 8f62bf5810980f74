// The newest requests as a table: what the lanes show, for whom a picture says nothing.

import { byId, element, ms, threadName } from './words.js';

const rows = 20;

export class NewestTable {
  #shown = '';

  constructor(open) {
    this.open = open;
    this.body = byId('table').tBodies[0];
  }

  /** @param records in the order of finishing */
  show(records, chosen) {
    const newest = records.slice(-rows).reverse();
    const shown = `${newest.map(record => record.id).join()}/${chosen?.id}`;
    // A button that has the focus must not be taken away from under a finger.
    if (shown === this.#shown || this.body.contains(document.activeElement)) return;
    this.#shown = shown;
    this.body.replaceChildren(...newest.map(record => element('tr', record === chosen ? { 'aria-selected': 'true' } : {},
      element('th', { scope: 'row' }, element('button', { type: 'button', class: 'link', onclick: () => this.open(record) }, `#${record.id}`)),
      element('td', {}, `${record.method} ${record.route}${record.status === 200 ? '' : ` → ${record.status}`}`),
      element('td', {}, record.strategy ?? ''),
      element('td', {}, record.threads.slice(0, 3).map(threadName).join(', ') + (record.threads.length > 3 ? ' …' : '')),
      element('td', {}, ms(record.wall_ms)),
      element('td', {}, ms(record.queue_ms)),
      element('td', {}, ms(record.db_ms)),
      element('td', {}, otherWaits(record)),
      element('td', {}, ms(record.cpu_ms)),
      element('td', {}, ms(record.covered_ms)))));
  }
}

function otherWaits(record) {
  const known = [record.connection_ms, record.gil_ms, record.io_ms, record.lock_ms].filter(time => time !== undefined);
  return known.length === 0 ? '' : ms(known.reduce((sum, time) => sum + time, 0));
}
