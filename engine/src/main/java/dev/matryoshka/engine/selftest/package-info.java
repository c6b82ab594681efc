/** Compares a backend with the CPU, operation by operation: for tests, and for people with a device we never saw. */
@NullMarked
package dev.matryoshka.engine.selftest;

import org.jspecify.annotations.NullMarked;
