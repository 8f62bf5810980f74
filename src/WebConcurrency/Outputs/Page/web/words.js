// Text and elements. Whatever came over the network becomes text and never markup.

export const byId = id => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined).map(child => child instanceof Node ? child : String(child)));
  return made;
}

/** Milliseconds with the digits that matter; nothing for a figure that was not measured. */
export function ms(value) {
  if (value === undefined || value === null) return '';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 3);
}

/** What is there is never written as nothing. */
export const percent = share => share > 0 && share < 0.001 ? '<0.1 %' : `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

export const threadName = thread => thread.os === undefined ? `${thread.managed}` : `${thread.managed} (OS ${thread.os})`;

export const title = record => `#${record.id} ${record.method} ${record.route}`;
