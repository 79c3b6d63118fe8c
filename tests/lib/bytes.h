/* What stands anywhere in a folder, byte by byte. */
#pragma once

/* How often. */
unsigned bytes_in(const char *folder, const char *probe);
