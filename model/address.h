/* Where a person is reached: a phone number, or a channel's own address. */
#pragma once

#include <stdint.h>

#include "base/str.h"

/* E.164 with '+' and at most 15 digits (ITU-T E.164), and NUL. */
#define ADDRESS_MAX 128
#define TENANT_MAX 32

/* 64-bit key of (tenant, address) for tables in memory. Seeded per process:
 * never store it. */
uint64_t address_key(struct str tenant, struct str address);
/* Tenant names: 1..32 of A-Z a-z 0-9 _ - ; they stand in MQTT topics. */
MUST_USE int tenant_check(struct str tenant);
