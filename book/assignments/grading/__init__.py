"""Grades notebooks that nobody has read yet.

confine         takes a process's rights away: files, network, other processes (Linux)
driver          the confined process: runs a student's cells and answers questions about what they defined
plain           what may cross from there to here: numbers, texts, lists and the data of a figure
sandbox         gets such a process, asks it, stops it at its limits, and gets another without the cell that broke it
marking         what a test cell is written with: part, ask, check, require
here            the same in the source notebook, where the tests ask the notebook's own kernel
preprocessors   puts these in nbgrader's chain, in place of its own execution
course          the commands: release, grade, feedback, export, summary, package
export          marks as a table for a learning-management system
summary         how the marks are spread and which tasks were hardest
package         what is handed out
"""
