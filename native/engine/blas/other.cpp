// A BLAS that is known by its C interface alone. Behind the name of libblas there may be any of them, and another one
// when the program runs than when it was built (Debian's alternatives): it is asked at run time which one it is.
#include "blas.h"
#include "library.h"

#if __has_include(<dlfcn.h>)
#include <dlfcn.h>
#endif

namespace two_layer_net {
namespace {

// A function of the libraries that this is linked to; null where none has it.
template <class Function>
Function* find([[maybe_unused]] const char* name) {
#if __has_include(<dlfcn.h>)
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
#else
  return nullptr;
#endif
}

HeldThreads& threads() {
  // FlexiBLAS first: it answers to OpenBLAS's names, too.
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
  if (config && corename) return {name + ": " + config(), corename(), "OpenBLAS's own choice"};
  return {name, "unknown", "this library does not tell"};
}

}  // namespace two_layer_net
