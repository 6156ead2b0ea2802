;;; eglot.el --- what Emacs' own client asks of the server  -*- lexical-binding: t; -*-
;; Usage: emacs --batch -l eglot.el FILE, with `inhouse' on PATH. Opens FILE, types a letter, and waits a moment.

(require 'eglot)
(setq eglot-sync-connect t
      eglot-connect-timeout 60)
(add-to-list 'eglot-server-programs '(python-mode . ("inhouse" "serve" "--stdio")))
(pcase-let ((`(,file) command-line-args-left))
  (setq command-line-args-left nil)
  (find-file file)
  (python-mode)
  (apply #'eglot--connect (eglot--guess-contact))
  (goto-char (point-max))
  (insert "r")
  (run-hooks 'post-command-hook)
  (accept-process-output nil 1)
  (princ (format "Eglot %s: managed %s\n" (or (bound-and-true-p eglot--version) "?") (eglot-managed-p)))
  (set-buffer-modified-p nil)
  (kill-emacs 0))
