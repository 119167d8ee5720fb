#pragma once
#include <crypt.h>

// The arrays in crypt_data are too large for Swift, which needs to know their size alone.
enum { JET_CRYPT_DATA_SIZE = sizeof(struct crypt_data) };
