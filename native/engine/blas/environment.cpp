#include "environment.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>

#include "../core/processor.h"

namespace two_layer_net {
namespace {

constexpr char kCoreVariable[] = "OPENBLAS_CORETYPE";

// What the environment held and what OpenBLAS was answered while it was loaded. It is loaded before any object of C++
// here is initialised, so this is plain memory.
struct LoadTime {
  char by_user[32];  // OpenBLAS itself compares no more than 20 characters
  bool picked;
  bool refused;
};
LoadTime at_load;

void remember_user_choice(const char* value) { std::strncpy(at_load.by_user, value, sizeof at_load.by_user - 1); }

bool same_name(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// How wide a processor such kernels are for: 0 before AVX2, 1 for AVX2, 2 for AVX-512 or what is not known here, which
// is taken for newer than this list.
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
  // Cooperlake and SapphireRapids have the same products in float32 and float64, and not every OpenBLAS has them.
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
  const std::string than = older ? ", older than this processor's " + feature : "";
  if (!choice.has_others) return "the only kernels of this build of OpenBLAS" + than;
  if (!choice.by_user.empty()) {
    std::string reason = std::string(kCoreVariable) + "=" + choice.by_user + " is set in the environment";
    if (choice.refused) return reason + " and ignored: this processor lacks instructions of those kernels. Unset it";
    if (!same_name(choice.by_user, choice.kernels)) reason += ", but this OpenBLAS did not follow it";
    return older ? reason + than + ": unset it, or set it to " + fitting : reason;
  }
  if (!choice.picked) {
    const std::string remedy = ": set " + std::string(kCoreVariable) + "=" + fitting + " before the process starts";
    return "OpenBLAS's own choice" + (older ? than + remedy : "");
  }
  if (same_name(choice.kernels, fitting)) return "picked for this processor's " + feature;
  return "OpenBLAS's own choice, because it has no " + fitting + " kernels";
}

KernelsTaken kernels_taken(const std::string& kernels, bool has_others) {
  return {fitting_kernels(), at_load.by_user, at_load.picked, has_others, kernels, at_load.refused};
}

}  // namespace two_layer_net

#ifdef TWO_LAYER_NET_PRIVATE_BLAS

namespace two_layer_net {
namespace {

// Whether such kernels need what this processor has not: OpenBLAS takes them all the same, and the process would end of
// an illegal instruction.
bool beyond_processor(const std::string& core) {
  const ProcessorFeatures has = processor_features();
  const auto is_core = [&core](const char* name) { return same_name(core, name); };
  if (is_core("SkylakeX") || is_core("Cooperlake") || is_core("SapphireRapids")) return !has.avx512;
  return (is_core("Haswell") || is_core("Zen")) && !has.avx2_fma;
}

}  // namespace
}  // namespace two_layer_net

// What the private copy of OpenBLAS reads of the environment is answered here. The environment itself stays as it is:
// setenv would be a race with other threads, and would tell every other OpenBLAS of the process and its child processes
// too.
#ifdef TWO_LAYER_NET_BLAS_CALLS_OUR_GETENV
// It was compiled with this name for getenv.
#define OUR_GETENV two_layer_net_getenv
#define SYSTEM_GETENV std::getenv
#else
// The linker leads every getenv of the libraries and objects linked together here to __wrap_getenv (--wrap).
#define OUR_GETENV __wrap_getenv
#define SYSTEM_GETENV __real_getenv
extern "C" char* SYSTEM_GETENV(const char* name);
#endif
extern "C" char* OUR_GETENV(const char* name);

extern "C" char* OUR_GETENV(const char* name) {
  using namespace two_layer_net;
  // The first of the variables that OpenBLAS heeds. The engine has threads of its own: a pool would only take memory.
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

// A shared OpenBLAS has read the environment just before; later the process may change it.
[[maybe_unused]] const bool kRemembered = [] {
  if (const char* value = std::getenv(kCoreVariable)) remember_user_choice(value);
  return true;
}();

}  // namespace
}  // namespace two_layer_net

#endif
