;; Puts the blocks of a memory back that were written, from an image of what it was. Blocks are of 1 KiB; the bytes of
;; `written` say which, and are cleared. A store may reach 16 bytes into the next block, so these are put back too.
(module
  (import "cell" "memory" (memory $live 0))
  (import "cell" "written" (memory $written 0))
  (import "cell" "image" (memory $image 0))
  ;; Where the image ends, in bytes: what the memory grew beyond it becomes zeros.
  (func $put (param $from i32) (param $to i32) (param $end i32)
    (local $middle i32)
    (local.set $middle
      (select (local.get $to) (local.get $end) (i32.lt_u (local.get $to) (local.get $end))))
    (if (i32.lt_u (local.get $from) (local.get $middle))
      (then
        (memory.copy $live $image
          (local.get $from) (local.get $from) (i32.sub (local.get $middle) (local.get $from)))
        (local.set $from (local.get $middle))))
    (if (i32.lt_u (local.get $from) (local.get $to))
      (then
        (memory.fill $live
          (local.get $from) (i32.const 0) (i32.sub (local.get $to) (local.get $from))))))
  (func (export "restore") (param $size i32) (param $end i32)
    (local $block i32)
    (local $blocks i32)
    (local $from i32)
    (local $to i32)
    (local.set $blocks (i32.shr_u (local.get $size) (i32.const 10)))
    (block $done
      (loop $words
        (br_if $done (i32.ge_u (local.get $block) (local.get $blocks)))
        (if (i64.eqz (i64.load $written (local.get $block)))
          (then
            (local.set $block (i32.add (local.get $block) (i32.const 8)))
            (br $words)))
        (loop $skip
          (if (i32.eqz (i32.load8_u $written (local.get $block)))
            (then
              (local.set $block (i32.add (local.get $block) (i32.const 1)))
              (br $skip))))
        (local.set $from (local.get $block))
        (loop $run
          (i32.store8 $written (local.get $block) (i32.const 0))
          (local.set $block (i32.add (local.get $block) (i32.const 1)))
          (if (i32.lt_u (local.get $block) (local.get $blocks))
            (then
              (br_if $run (i32.load8_u $written (local.get $block))))))
        (local.set $to (i32.add (i32.shl (local.get $block) (i32.const 10)) (i32.const 16)))
        (call $put
          (i32.shl (local.get $from) (i32.const 10))
          (select (local.get $to) (local.get $size) (i32.lt_u (local.get $to) (local.get $size)))
          (local.get $end))
        ;; The word again: it may have another block that was written.
        (local.set $block (i32.and (local.get $block) (i32.const -8)))
        (br $words)))))
