// Which kernels OpenBLAS uses on this processor, and why. It selects them once, while it is being loaded: by the
// environment variable OPENBLAS_CORETYPE, or else by a list of the processors known when it was released.
#pragma once

#include <string>

namespace two_layer_net {

// The OpenBLAS kernels that suit a processor, and the feature that requires them. Both are empty if the choice is best
// left to OpenBLAS.
struct FittingKernels {
  const char* core;     // as OPENBLAS_CORETYPE names them
  const char* feature;  // name for messages
};

// The ones for the current processor. Uses no object that needs initialization.
FittingKernels fitting_kernels();

// How a loaded OpenBLAS came to use its kernels.
struct KernelsTaken {
  FittingKernels fitting;
  std::string by_user;  // OPENBLAS_CORETYPE in the environment when OpenBLAS was loaded; empty if unset
  bool picked;          // whether OpenBLAS was told to use the fitting ones
  bool has_others;      // whether this build of OpenBLAS has kernels for several processors
  std::string kernels;  // the ones in use, as OpenBLAS names them
  bool refused = false; // by_user was hidden from OpenBLAS, because this processor cannot run those kernels
};

// Why OpenBLAS uses these kernels, in words. If they are older than the processor, the text says so and what to do.
std::string core_reason(const KernelsTaken& choice);

// Whether OpenBLAS uses kernels that were written for an older processor than this one.
bool is_core_older(const KernelsTaken& choice);

// The same for the OpenBLAS that the engine calls.
KernelsTaken kernels_taken(const std::string& kernels, bool has_others);

}  // namespace two_layer_net
