// A BLAS of which only the C interface is known. libblas may be any BLAS, and not the same one at run time as at build
// time (Debian's alternatives), so this looks up at run time which functions it has.
#include "blas.h"
#include "library.h"

#if __has_include(<dlfcn.h>)
#include <dlfcn.h>
#endif

namespace two_layer_net {
namespace {

// A function of the loaded libraries; null if none has it.
template <class Function>
Function* find([[maybe_unused]] const char* name) {
#if __has_include(<dlfcn.h>)
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
#else
  return nullptr;
#endif
}

HeldThreads& threads() {
  // FlexiBLAS first, because it also provides OpenBLAS's functions.
  static HeldThreads held = [] {
    const HeldThreads::Get get = find<int()>("flexiblas_get_num_threads");
    const HeldThreads::Set set = find<void(int)>("flexiblas_set_num_threads");
    if (get && set) return HeldThreads(get, set);
    return HeldThreads(find<int()>("openblas_get_num_threads"), find<void(int)>("openblas_set_num_threads"));
  }();
  return held;
}

}  // namespace

OneThreadedCall::OneThreadedCall() = default;
OneThreadedCall::~OneThreadedCall() = default;

SingleThreadedBlas::SingleThreadedBlas() { threads().hold(); }
SingleThreadedBlas::~SingleThreadedBlas() { threads().release(); }

BlasInfo blas_info() {
  const std::string name = "BLAS from " TWO_LAYER_NET_BLAS_LIBRARY;
  const auto config = find<char*()>("openblas_get_config"), corename = find<char*()>("openblas_get_corename");
  if (config && corename) return {name + ": " + config(), corename(), "chosen by OpenBLAS"};
  return {name, "unknown", "this library does not report it"};
}

}  // namespace two_layer_net
