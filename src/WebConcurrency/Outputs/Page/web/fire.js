// Sends requests from this browser, where the application offers some; and the same burst under two strategies, one after the other.

import { byId, element } from './words.js';

// A browser opens six HTTP/1.1 connections to a server. One is this page's stream, one is left to look.
const atOnceOverOldHttp = 4;
const recordsComeWithin = 3000;

/** @param act { newest(): the highest sequence, find(id), recordsAfter(sequence, strategy), fired(records), compare(first, second) } */
export class FirePanel {
  #offer = null;
  #busy = false;

  constructor(act) {
    this.act = act;
    byId('fire-form').addEventListener('submit', event => {
      event.preventDefault();
      this.#run([byId('fire-strategy').value]);
    });
    byId('fire-compare').addEventListener('click', () => {
      if (byId('fire-form').reportValidity()) this.#run([byId('fire-strategy').value, byId('fire-second').value]);
    });
  }

  /** @param offer what the application registered, or nothing */
  show(offer) {
    const same = JSON.stringify(offer) === JSON.stringify(this.#offer);
    this.#offer = offer;
    byId('fire').hidden = !offer;
    if (!offer || same) return;
    const strategies = offer.strategies;
    for (const [id, chosen] of [['fire-strategy', strategies[0]], ['fire-second', strategies.find(name => name === 'serial') ?? strategies[1] ?? strategies[0]]]) {
      byId(id).replaceChildren(...strategies.map(name => element('option', { value: name }, name)));
      byId(id).value = chosen ?? '';
    }
    byId('fire-strategy-label').hidden = strategies.length === 0;
    byId('fire-compare-row').hidden = strategies.length < 2;
    byId('fire-workloads').replaceChildren(element('legend', {}, 'Workloads, in turn'), ...offer.workloads.map((name, i) => {
      const box = element('input', { type: 'checkbox', name: 'workload', value: name });
      box.checked = i < 2;
      return element('label', {}, box, ` ${name}`);
    }));
    const old = !/^h[23]/.test(performance.getEntriesByType('navigation')[0]?.nextHopProtocol ?? '');
    const most = old ? Math.min(atOnceOverOldHttp, offer.most_at_once) : offer.most_at_once;
    byId('fire-at-once').max = most;
    byId('fire-at-once').value = Math.min(most, 4);
    byId('fire-limit').textContent = old && offer.most_at_once > most
      ? `At most ${most} at once: over HTTP/1.1 a browser opens six connections to a server, and this page needs two of them.` : '';
  }

  async #run(strategies) {
    const workloads = [...document.querySelectorAll('input[name=workload]:checked')].map(box => box.value);
    if (this.#busy) return;
    if (workloads.length === 0) {
      this.#say('Choose at least one workload.');
      return;
    }
    this.#busy = true;
    for (const id of ['fire-go', 'fire-compare']) byId(id).disabled = true;
    const bursts = [];
    try {
      for (const strategy of strategies) bursts.push({ strategy, records: await this.#burst(strategy, workloads) });
      if (bursts.length === 2) this.act.compare(...bursts);
    } finally {
      this.#busy = false;
      for (const id of ['fire-go', 'fire-compare']) byId(id).disabled = false;
    }
  }

  async #burst(strategy, workloads) {
    const count = byId('fire-count').valueAsNumber, atOnce = byId('fire-at-once').valueAsNumber;
    const before = this.act.newest();
    const statuses = new Map();
    const ids = [];
    this.#say(`${strategy} fires …`);
    let next = 0, done = 0;
    const send = async () => {
      while (next < count) {
        const workload = workloads[next++ % workloads.length];
        const { status, id } = await ask(this.#pathOf(strategy, workload));
        if (id !== null) ids.push(id);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        this.#say(`${strategy} ${++done} of ${count} …`);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, count) }, send));
    const answered = [...statuses].map(([status, times]) => `${times} × ${status}`).join(', ');
    const records = await this.#recordsOf(ids, before, strategy, count);
    this.#say(`${strategy} answered ${answered}`.trim());
    this.act.fired(records);
    return records;
  }

  /**
   * A record comes a moment after its answer; one that was left out never comes. Others may fire the same just now: an answer that names its record is believed,
   * and only for those that do not name one the next of that strategy are taken.
   */
  async #recordsOf(ids, before, strategy, count) {
    const named = new Set(ids);
    for (const started = performance.now(); ;) {
      const found = ids.map(this.act.find).filter(record => record !== undefined);
      const others = named.size === count ? [] : this.act.recordsAfter(before, strategy).filter(record => !named.has(record.id)).slice(0, count - named.size);
      const records = [...found, ...others];
      if (records.length >= count || performance.now() - started > recordsComeWithin) return records;
      await new Promise(go => setTimeout(go, 50));
    }
  }

  #pathOf(strategy, workload) {
    return this.#offer.path.replace('{strategy}', encodeURIComponent(strategy)).replace('{workload}', workload);
  }

  #say(text) { byId('fire-said').textContent = text; }
}

async function ask(path) {
  try {
    const answer = await fetch(path, { cache: 'no-store' });
    return { status: answer.status, id: idIn(answer.headers.get('content-type') ?? '', await answer.text()) };
  } catch {
    return { status: 'no answer', id: null };
  }
}

/** The number of its record, where the answer names it: beside the threads that did it, or in a problem. An application's own "id" is something else. */
function idIn(type, text) {
  if (!/json/.test(type)) return null;
  try {
    const answer = JSON.parse(text);
    return Number.isSafeInteger(answer?.id) && (Array.isArray(answer.threads) || type.startsWith('application/problem+json')) ? answer.id : null;
  } catch {
    return null;
  }
}
