// What every script takes from the environment: -e BASE_URL=… -e STRATEGY=… -e VUS=… -e DURATION=… -e RATE=… -e P99_MS=…

export const baseUrl = (__ENV.BASE_URL || 'http://localhost:8080').replace(/\/$/, '');
export const strategies = ['serial', 'thread', 'pool', 'threadpool', 'async', 'gil'];
export const strategy = oneOf('STRATEGY', strategies, 'thread');

/**
 * A whole number from the environment.
 * @param {string} name
 * @param {number} normally
 */
export function number(name, normally) {
  const given = __ENV[name];
  if (given === undefined || given === '') {
    return normally;
  }

  if (!/^[0-9]{1,7}$/.test(given)) {
    throw new Error(`${name} is '${given}'; it must be a whole number up to 9999999.`);
  }

  return parseInt(given, 10);
}

/**
 * One of several words from the environment.
 * @param {string} name
 * @param {string[]} known
 * @param {string} normally
 */
export function oneOf(name, known, normally) {
  const given = __ENV[name] || normally;
  if (!known.includes(given)) {
    throw new Error(`${name} is '${given}'; it must be one of ${known.join(', ')}.`);
  }

  return given;
}

/**
 * How to ask. With RATE so often each second, whatever becomes of those before (an open loop: k6 counts from when a request was due only in
 * dropped_iterations); without it VUS clients, each of which asks again once it is answered.
 * @param {{ exec?: string, startTime?: string }} [scenario]
 * @returns {import('k6/options').Scenario}
 */
export function load(scenario = {}) {
  const duration = __ENV.DURATION || '10s';
  const rate = number('RATE', 0);
  const vus = number('VUS', 16);
  return rate > 0
    ? { executor: 'constant-arrival-rate', rate, timeUnit: '1s', duration, preAllocatedVUs: vus, maxVUs: Math.max(vus, 512), ...scenario }
    : { executor: 'constant-vus', vus, duration, ...scenario };
}

/**
 * What must hold, or k6 ends with 99.
 * @param {number} p99 milliseconds, unless P99_MS says otherwise
 * @returns {import('k6/options').Options['thresholds']}
 */
export function thresholds(p99) {
  return {
    http_req_failed: ['rate<0.01'],
    checks: ['rate>0.99'],
    http_req_duration: [`p(99)<${number('P99_MS', p99)}`],
    dropped_iterations: ['count<1'],
  };
}
