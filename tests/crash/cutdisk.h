/*
 * A disk in memory, as an SQLite VFS, whose power can be cut: what was not
 * synced by then is there in part, torn at 512-byte sectors, and every call
 * fails until the power is back.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CUTDISK_VFS "cutdisk"

/* Once, before the first store is opened. One disk per process. */
void cutdisk_open(void);
void cutdisk_close(void);

/* The power goes at the n-th write, truncate or sync from now; 0: it stays.
 * seed decides what survives. */
void cutdisk_arm(uint64_t n, uint64_t seed);
bool cutdisk_is_cut(void);
/* Writes, truncates and syncs since cutdisk_arm. */
uint64_t cutdisk_calls(void);
/* While not 0, each write or each sync fails with this SQLite code. */
void cutdisk_fail(int write_rc, int sync_rc);
/* Power again: the files are as the cut left them. All are closed. */
void cutdisk_revive(void);

/* Keeps all files as they are now, and brings that back. */
void cutdisk_save(void);
void cutdisk_restore(void);
