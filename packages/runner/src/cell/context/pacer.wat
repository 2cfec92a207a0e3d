;; Called by a guest's core modules when their fuel is used up.
(module
  (import "cell" "tick" (func $tick (result i32)))
  (import "cell" "suspend" (func $suspend))
  (func (export "pace")
    (block $stop
      (block $wait
        (block $on
          (br_table $on $wait $stop (call $tick)))
        return)
      ;; With JavaScript between here and the call's entry nothing can be suspended: then the guest runs on.
      (block $cannot
        (try_table (catch_all $cannot)
          (call $suspend)))
      return)
    ;; A trap, which no guest can catch.
    unreachable))
