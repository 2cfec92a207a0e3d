import { FIRST_TABLES } from "./0001-first-tables.ts";
import { RELEASE_TABLES } from "./0002-releases.ts";
import { PUBLISHING_TABLES } from "./0003-publishing.ts";
import { INSTALL_TABLES } from "./0004-installs.ts";
import { SECRET_TABLES } from "./0005-secrets.ts";
import { USAGE_TABLES } from "./0006-usage.ts";
import { EVENT_TABLES } from "./0007-events.ts";
import { ACCESS_TABLES } from "./0008-access.ts";

/** One step: statements run in order, in one transaction with all the others that are missing. */
export interface Migration {
  /** Also its order. */
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Every migration, oldest first. What is released is never edited: a change is a new entry.
 *
 * The release before this one runs on while a database is migrated, so a migration only expands: it adds tables, columns
 * that are nullable or have a default, indexes, policies. What the new code no longer needs is dropped by a migration of
 * a later release (contract), when nothing that runs uses it.
 */
export const MIGRATIONS: readonly Migration[] = [
  { name: "0001-first-tables", statements: FIRST_TABLES },
  { name: "0002-releases", statements: RELEASE_TABLES },
  { name: "0003-publishing", statements: PUBLISHING_TABLES },
  { name: "0004-installs", statements: INSTALL_TABLES },
  { name: "0005-secrets", statements: SECRET_TABLES },
  { name: "0006-usage", statements: USAGE_TABLES },
  { name: "0007-events", statements: EVENT_TABLES },
  { name: "0008-access", statements: ACCESS_TABLES },
];
