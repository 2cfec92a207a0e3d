;; A memory's size as its guest sees it: it can go back to what a snapshot says, and has a cap for each call.
(module
  (import "cell" "memory" (memory 0))
  (global $pages (export "pages") (mut i32) (i32.const 0))
  (global $cap (export "cap") (mut i32) (i32.const 0))
  (global $refused (export "refused") (mut i32) (i32.const 0))
  (func (export "size") (result i32)
    (global.get $pages))
  (func (export "grow") (param $by i32) (result i32)
    (local $before i32)
    (local $after i32)
    (local.set $before (global.get $pages))
    (local.set $after (i32.add (local.get $before) (local.get $by)))
    (block $refuse
      (br_if $refuse (i32.gt_u (local.get $by) (i32.sub (global.get $cap) (local.get $before))))
      (if (i32.gt_u (local.get $after) (memory.size))
        (then
          (br_if $refuse
            (i32.eq (memory.grow (i32.sub (local.get $after) (memory.size))) (i32.const -1)))))
      (global.set $pages (local.get $after))
      (return (local.get $before)))
    (global.set $refused (i32.const 1))
    (i32.const -1)))
