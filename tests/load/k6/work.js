// One piece of work under one strategy: -e WORK='io?ms=100' (or cpu?ms=20, mixed?io=80&cpu=5, db, queries?count=20).
import http from 'k6/http';
import { check } from 'k6';
import { Trend } from 'k6/metrics';
import { baseUrl, load, strategy, thresholds } from './settings.js';

const work = __ENV.WORK || 'mixed?io=80&cpu=5';

// What the server itself says of each request; see Server-Timing in its answers.
const queue = new Trend('server_queue', true);
const database = new Trend('server_db', true);

/** @type {import('k6/options').Options} */
export const options = { scenarios: { work: load() }, thresholds: thresholds(1000) };

export default function () {
  const answer = http.get(`${baseUrl}/${strategy}/${work}`, { tags: { name: `/${strategy}/${work.split('?')[0]}` } });
  const good = check(answer, {
    'is 200': (response) => response.status === 200,
    'names its strategy': (response) => response.status === 200 && response.json('strategy') === strategy,
  });
  if (good) {
    tell(queue, answer.json('queue_ms'));
    tell(database, answer.json('db_ms'));
  }
}

/**
 * A figure that the server did not measure is left out, not zero.
 * @param {Trend} trend
 * @param {unknown} figure
 */
function tell(trend, figure) {
  if (typeof figure === 'number') {
    trend.add(figure);
  }
}
