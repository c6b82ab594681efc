/** The shell scripts that find a JDK, build the program and start it, run as a user runs them. */
@NullMarked
package dev.matryoshka.app.launcher;

import org.jspecify.annotations.NullMarked;
