// Whoever blocks the thread pool makes others wait: blockers under STRATEGY (threadpool, or pool to compare) and, beside them, clients of /plain.
import http from 'k6/http';
import { check } from 'k6';
import { baseUrl, load, number, oneOf, strategies } from './settings.js';

const blocking = oneOf('STRATEGY', strategies, 'pool');

/** @type {import('k6/options').Options} */
export const options = {
  scenarios: {
    blockers: load({ exec: 'block' }),
    others: { executor: 'constant-arrival-rate', exec: 'ask', rate: 20, timeUnit: '1s', duration: __ENV.DURATION || '10s', preAllocatedVUs: 50, maxVUs: 200 },
  },
  thresholds: { 'http_req_duration{scenario:others}': [`p(99)<${number('P99_MS', 250)}`], checks: ['rate>0.99'] },
};

export function block() {
  // Blockers that are refused block nothing, and the others' latency then says nothing.
  check(http.get(`${baseUrl}/${blocking}/io?ms=500`, { tags: { name: `/${blocking}/io` } }), { blocks: (response) => response.status === 200 });
}

export function ask() {
  check(http.get(`${baseUrl}/plain`), { 'is 200': (response) => response.status === 200 });
}
