#ifndef SYNAPSE_CZLIB_H
#define SYNAPSE_CZLIB_H

#include <zlib.h>

#endif
