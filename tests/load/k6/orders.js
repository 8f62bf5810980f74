// Places orders with a key each, sends every tenth one twice, and reads them back.
import http from 'k6/http';
import { check } from 'k6';
import { baseUrl, load, strategy, thresholds } from './settings.js';

/** @type {import('k6/options').Options} */
export const options = { scenarios: { orders: load() }, thresholds: thresholds(1000) };

// 409 says that a product is short: an answer, and no failure.
http.setResponseCallback(http.expectedStatuses(200, 201, 409));

export default function () {
  const body = JSON.stringify({ customer_id: 1 + (__VU % 100), lines: [{ product_id: 1 + (__ITER % 100), quantity: 1 }] });
  const parameters = {
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `k6-${Date.now()}-${__VU}-${__ITER}` },
    tags: { name: `/${strategy}/orders` },
  };
  const placed = http.post(`${baseUrl}/${strategy}/orders`, body, parameters);
  check(placed, { 'is placed or short': (response) => [200, 201, 409].includes(response.status) });
  // What is short has no order, and neither has an error or no answer at all (0).
  if (placed.status !== 200 && placed.status !== 201) {
    return;
  }

  const id = placed.json('result.id');
  if (__ITER % 10 === 0) {
    const again = http.post(`${baseUrl}/${strategy}/orders`, body, parameters);
    check(again, { 'sent twice is placed once': (response) => isGood(response) && response.json('result.id') === id && response.headers['Idempotency-Replayed'] === 'true' });
  }

  check(http.get(`${baseUrl}/${strategy}/orders/${id}`, { tags: { name: `/${strategy}/orders/{id}` } }), { 'is there': (response) => isGood(response) && response.json('result.id') === id });
}

/**
 * Only then there is JSON to look into.
 * @param {import('k6/http').Response} response
 */
function isGood(response) {
  return response.status === 200 || response.status === 201;
}
