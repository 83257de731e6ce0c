// Small helpers to make elements. Text is only ever set as text, never as HTML.

export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

export const percent = (share) => `${Math.round(share * 100)} %`;

/** A share in whole percent, rounded down: only all is 100, and only nothing 0. */
export const wholePercent = (share) => Math.max(Math.floor(share * 100 + 1e-9), share > 0 ? 1 : 0);

let clearing = 0;
export function say(text, kind = "", shown = kind === "bad" ? 8000 : 3500) {
  const place = byId("said");
  if (!place) return;
  place.textContent = text;
  place.className = `said shown ${kind}`;
  clearTimeout(clearing);
  clearing = setTimeout(() => { place.className = "said"; }, shown);
}
