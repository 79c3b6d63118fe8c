/* PDUs that may be shown: the numbers and texts of people are taken out, and
 * nothing is moved. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Overwrites, in one whole PDU, what is about a person: of numbers of more
 * than six digits all but the first four and the last two become 0; letters
 * become x, but not UDHs and what a receipt says before its text; TLVs that
 * nobody knows become 0. Passwords go in any case. Lengths, commands,
 * status, sequence numbers, ids and names stay: it reads and plays as before.
 * What cannot be read any further becomes 0 up to the end.
 *
 * secrets_only: passwords and nothing else.
 */
void smpp_mask(void *frame, size_t len, bool secrets_only);
