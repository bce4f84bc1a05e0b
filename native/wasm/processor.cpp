#include "../engine/core/processor.h"

namespace two_layer_net {

ProcessorFeatures processor_features() { return {}; }

int processors() { return 1; }

// A module is not told the size of a cache.
size_t second_level_cache() { return 512 * 1024; }

}  // namespace two_layer_net
