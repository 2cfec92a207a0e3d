import type { ProcessEnd } from "./sandboxed-process.ts";
import type { CommandLine } from "./wall.ts";

/** What the supervisor asks of its fork server; ids are the supervisor's and never come again. */
export type ForkRequest =
  | ({ readonly kind: "start"; readonly id: number } & CommandLine)
  | { readonly kind: "kill"; readonly id: number };

/**
 * What the fork server tells of a process. `output` and `input` come with a socket each, in this order: the channel
 * sends what follows a socket when that one has arrived and is closed at the fork server, so that nobody else reads the
 * output once the supervisor has the input. `piped` says that both were sent: one that finds no descriptor free where it
 * arrives is dropped without a word. `heard` answers a kill, so that every request has a report.
 */
export type ForkReport =
  | { readonly kind: "output"; readonly id: number }
  | { readonly kind: "input"; readonly id: number; readonly pid: number }
  | { readonly kind: "piped"; readonly id: number }
  | { readonly kind: "heard"; readonly id: number }
  | ({ readonly kind: "ended"; readonly id: number; readonly complaint: string } & ProcessEnd);
