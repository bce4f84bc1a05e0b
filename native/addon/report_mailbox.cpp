#include "report_mailbox.h"

#include <memory>
#include <utility>

namespace two_layer_net::addon {

void ReportMailbox::open(Napi::Env env, std::function<void()> closed) {
  function_ = decltype(function_)::New(
      env, "two-layer-net training", 0, 1, static_cast<std::nullptr_t*>(nullptr),
      [closed = std::move(closed)](Napi::Env, void*, std::nullptr_t*) { closed(); }, static_cast<void*>(nullptr));
  open_ = true;
}

bool ReportMailbox::post(Message message) {
  if (!open_) return false;
  auto posted = std::make_unique<Message>(std::move(message));
  // A mailbox that is closing must not be touched again.
  open_ = function_.BlockingCall(posted.get()) == napi_ok;
  if (open_) posted.release();  // deliver() deletes it
  return open_;
}

void ReportMailbox::close() {
  if (open_) function_.Release();
}

void ReportMailbox::deliver(Napi::Env env, Napi::Function, std::nullptr_t*, Message* message) {
  const std::unique_ptr<Message> owned(message);
  if (static_cast<napi_env>(env) != nullptr) (*owned)(env);  // null while the environment is being torn down
}

}  // namespace two_layer_net::addon
