import { FIRST_TABLES } from "./0001-first-tables.ts";
import { RELEASE_TABLES } from "./0002-releases.ts";
import { PUBLISHING_TABLES } from "./0003-publishing.ts";
import { ACCESS_TABLES } from "./0008-access.ts";

/** One step: statements run in order, in one transaction with all the others that are missing. */
export interface Migration {
  /** Also its order. */
  readonly name: string;
  readonly statements: readonly string[];
}

/** Every migration, oldest first. What is released is never edited: a change is a new entry. */
export const MIGRATIONS: readonly Migration[] = [
  { name: "0001-first-tables", statements: FIRST_TABLES },
  { name: "0002-releases", statements: RELEASE_TABLES },
  { name: "0003-publishing", statements: PUBLISHING_TABLES },
  { name: "0008-access", statements: ACCESS_TABLES },
];
