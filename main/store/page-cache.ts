/**
 * Pages of a database that each connection to it keeps in memory, in KiB (sqlite.org/pragma.html#pragma_cache_size). SQLite's own
 * default; better-sqlite3 is built for 16,000, which an agent's four connections fill in time. What else is read comes from the
 * system's cache of the file.
 */
export const PAGE_CACHE_KIB = 2_000;
/** Of a hub, whose lists are as long as its tenants are large. */
export const HUB_PAGE_CACHE_KIB = 16_000;
