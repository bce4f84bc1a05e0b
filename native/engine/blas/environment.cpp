#include "environment.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>

#include "../core/processor.h"

namespace two_layer_net {
namespace {

constexpr char kCoreVariable[] = "OPENBLAS_CORETYPE";

// What the environment contained, and what OpenBLAS was told, while it was being loaded. That happens before any C++
// object here is initialized, so this is plain memory.
struct LoadTime {
  char by_user[32];  // OpenBLAS compares at most 20 characters
  bool picked;
  bool refused;
};
LoadTime at_load;

void remember_user_choice(const char* value) { std::strncpy(at_load.by_user, value, sizeof at_load.by_user - 1); }

bool same_name(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The processor generation that these kernels target: 0 before AVX2, 1 for AVX2, 2 for AVX-512. An unknown name is
// assumed to be newer than this list and is also 2.
int generation(const std::string& core) {
  const char* before_avx2[] = {"Katmai",       "Coppermine", "Northwood",   "Prescott", "Banias",    "Athlon",
                               "Core2",        "Penryn",     "Dunnington",  "Atom",     "Nano",      "Opteron",
                               "Opteron_SSE3", "Barcelona",  "Bobcat",      "Nehalem",  "Bulldozer", "Piledriver",
                               "Steamroller",  "Excavator",  "Sandybridge", "Generic"};
  const auto is_core = [&core](const char* name) { return same_name(core, name); };
  if (std::any_of(std::begin(before_avx2), std::end(before_avx2), is_core)) return 0;
  return is_core("Haswell") || is_core("Zen") ? 1 : 2;
}

}  // namespace

FittingKernels fitting_kernels() {
  const ProcessorFeatures has = processor_features();
  // Cooperlake and SapphireRapids have the same float32 and float64 products, and not every OpenBLAS includes them.
  if (has.avx512) return {"SkylakeX", "AVX-512"};
  if (has.avx2_fma) return {has.amd ? "Zen" : "Haswell", "AVX2"};
  return {"", ""};
}

bool is_core_older(const KernelsTaken& choice) {
  const std::string fitting = choice.fitting.core;
  return !fitting.empty() && generation(choice.kernels) < generation(fitting);
}

std::string core_reason(const KernelsTaken& choice) {
  const std::string fitting = choice.fitting.core, feature = choice.fitting.feature;
  const bool older = is_core_older(choice);
  const std::string than = older ? "; these kernels are older than this processor's " + feature : "";
  if (!choice.has_others) return "the only choice in this build of OpenBLAS" + than;
  if (!choice.by_user.empty()) {
    std::string reason = std::string(kCoreVariable) + "=" + choice.by_user + " is set in the environment";
    if (choice.refused) return reason + " but ignored, because this processor does not support it: unset it";
    if (!same_name(choice.by_user, choice.kernels)) reason += ", but this OpenBLAS ignored it";
    return older ? reason + than + ": unset it or set it to " + fitting : reason;
  }
  if (!choice.picked) {
    const std::string remedy = ": set " + std::string(kCoreVariable) + "=" + fitting + " before the process starts";
    return "chosen by OpenBLAS" + (older ? than + remedy : "");
  }
  if (same_name(choice.kernels, fitting)) return "selected for this processor's " + feature;
  return "chosen by OpenBLAS, which has no " + fitting + " kernels";
}

KernelsTaken kernels_taken(const std::string& kernels, bool has_others) {
  return {fitting_kernels(), at_load.by_user, at_load.picked, has_others, kernels, at_load.refused};
}

}  // namespace two_layer_net

#ifdef TWO_LAYER_NET_PRIVATE_BLAS

namespace two_layer_net {
namespace {

// Whether these kernels need instructions that this processor does not support. OpenBLAS would use them anyway, and the
// process would crash with an illegal instruction.
bool beyond_processor(const std::string& core) {
  const ProcessorFeatures has = processor_features();
  const auto is_core = [&core](const char* name) { return same_name(core, name); };
  if (is_core("SkylakeX") || is_core("Cooperlake") || is_core("SapphireRapids")) return !has.avx512;
  return (is_core("Haswell") || is_core("Zen")) && !has.avx2_fma;
}

}  // namespace
}  // namespace two_layer_net

// This function answers when the private copy of OpenBLAS reads an environment variable. The environment itself is not
// changed: setenv would race with other threads, and would also affect any other OpenBLAS in the process and in its
// child processes.
#ifdef TWO_LAYER_NET_BLAS_CALLS_OUR_GETENV
// OpenBLAS was compiled with getenv renamed to this.
#define OUR_GETENV two_layer_net_getenv
#define SYSTEM_GETENV std::getenv
#else
// The linker redirects every getenv call in the objects and libraries linked here to __wrap_getenv (--wrap).
#define OUR_GETENV __wrap_getenv
#define SYSTEM_GETENV __real_getenv
extern "C" char* SYSTEM_GETENV(const char* name);
#endif
extern "C" char* OUR_GETENV(const char* name);

extern "C" char* OUR_GETENV(const char* name) {
  using namespace two_layer_net;
  // OpenBLAS reads this variable first. The engine has its own threads, so a thread pool would only use up memory.
  static char one_thread[] = "1";
  if (std::strcmp(name, "OPENBLAS_NUM_THREADS") == 0) return one_thread;
  char* value = SYSTEM_GETENV(name);
  if (std::strcmp(name, kCoreVariable) != 0) return value;
  if (value != nullptr && *value != '\0') {
    remember_user_choice(value);
    at_load.refused = beyond_processor(value);
    if (!at_load.refused) return value;
  }
  const char* fitting = fitting_kernels().core;
  if (*fitting == '\0') return nullptr;
  at_load.picked = true;
  return const_cast<char*>(fitting);  // getenv's callers only read
}

#else

namespace two_layer_net {
namespace {

// A shared OpenBLAS has just read the environment. The process may change it later.
[[maybe_unused]] const bool kRemembered = [] {
  if (const char* value = std::getenv(kCoreVariable)) remember_user_choice(value);
  return true;
}();

}  // namespace
}  // namespace two_layer_net

#endif
