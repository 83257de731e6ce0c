// The rows of the picture: one a participant; with many, those who say little share one; folded, all do.
import { model } from "./model.js";

const MOST = 8; // rows that can be told apart at a glance
const LOW = 640; // a window lower than this begins folded, so that question and transcript have the room
export const picture = { folded: innerHeight < LOW, opened: false };

/** The rows in order: each with the codes that are drawn in it. */
export function lanes() {
  const people = [...model.people.values()];
  if (picture.folded) return [{ codes: people.map((each) => each.code), person: null }];
  if (people.length <= MOST || picture.opened) return people.map((person) => ({ codes: [person.code], person }));
  const told = new Set([...people].sort((a, b) => b.share - a.share).slice(0, MOST - 1));
  const rest = people.filter((each) => !told.has(each));
  return [...people.filter((each) => told.has(each)).map((person) => ({ codes: [person.code], person })), { codes: rest.map((each) => each.code), person: null }];
}

export const manyVoices = () => model.people.size > MOST;

/** Which row each code is drawn in. */
export function laneOf(rows) {
  return new Map(rows.flatMap((row, at) => row.codes.map((code) => [code, at])));
}
