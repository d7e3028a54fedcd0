/* Status codes and the enums every floor shares with the public interface. */
#ifndef TG_BASE_STATUS_H
#define TG_BASE_STATUS_H

#include "tollgate/tollgate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#endif
