<?php
/**
 * Stands in for Action Scheduler: plans are kept in an option, and tests run what is due with as_run_due().
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

add_action(
	'init',
	function () {
		do_action( 'action_scheduler_init' );
	},
	1
);

/**
 * Answers every action ever planned: hook, args, group, at, every (0 for once), status (pending, running, complete, failed, canceled).
 */
function as_stub_all(): array {
	wp_cache_delete( 'stub_as_actions', 'options' );
	return (array) get_option( 'stub_as_actions', array() );
}

/**
 * Keeps the actions.
 *
 * @param array $actions What as_stub_all() answers.
 */
function as_stub_keep( array $actions ): void {
	update_option( 'stub_as_actions', $actions, false );
}

/**
 * Adds one action.
 *
 * @param array $action What it is.
 * @return int Its number, from 1; 0 where Action Scheduler is not ready.
 */
function as_stub_add( array $action ): int {
	if ( ! did_action( 'action_scheduler_init' ) ) {
		_doing_it_wrong( __FUNCTION__, 'Called before the data store was initialized.', '3.1.6' );
		return 0;
	}
	$actions   = as_stub_all();
	$actions[] = $action + array(
		'every'  => 0,
		'status' => 'pending',
	);
	as_stub_keep( $actions );
	return count( $actions );
}

/**
 * Answers the numbers of the actions that fit.
 *
 * @param string     $hook     Hook; '' for any.
 * @param array|null $args     Arguments; null for any.
 * @param string     $group    Group; '' for any.
 * @param string[]   $statuses Statuses.
 * @return int[]
 */
function as_stub_find( $hook, $args, $group, array $statuses ): array {
	return array_keys(
		array_filter(
			as_stub_all(),
			function ( $action ) use ( $hook, $args, $group, $statuses ) {
				return in_array( $action['status'], $statuses, true )
					&& ( '' === $hook || $action['hook'] === $hook )
					&& ( null === $args || $action['args'] === $args )
					&& ( '' === $group || $action['group'] === $group );
			}
		)
	);
}

/**
 * Plans for as soon as possible.
 *
 * @param string $hook  Hook.
 * @param array  $args  Arguments.
 * @param string $group Group.
 */
function as_enqueue_async_action( $hook, $args = array(), $group = '' ) {
	return as_stub_add( array( 'at' => 0 ) + compact( 'hook', 'args', 'group' ) );
}

/**
 * Plans once.
 *
 * @param int    $at    Unix seconds.
 * @param string $hook  Hook.
 * @param array  $args  Arguments.
 * @param string $group Group.
 */
function as_schedule_single_action( $at, $hook, $args = array(), $group = '' ) {
	return as_stub_add( compact( 'hook', 'args', 'group', 'at' ) );
}

/**
 * Plans again and again.
 *
 * @param int    $at    Unix seconds of the first time.
 * @param int    $every Seconds.
 * @param string $hook  Hook.
 * @param array  $args  Arguments.
 * @param string $group Group.
 */
function as_schedule_recurring_action( $at, $every, $hook, $args = array(), $group = '' ) {
	return as_stub_add( compact( 'hook', 'args', 'group', 'at', 'every' ) );
}

/**
 * Answers when it is due: true for one that runs or is to run at once, false for none.
 *
 * @param string     $hook  Hook.
 * @param array|null $args  Arguments.
 * @param string     $group Group.
 */
function as_next_scheduled_action( $hook, $args = null, $group = '' ) {
	if ( as_stub_find( $hook, $args, $group, array( 'running' ) ) ) {
		return true;
	}
	$found = array_intersect_key( as_stub_all(), array_flip( as_stub_find( $hook, $args, $group, array( 'pending' ) ) ) );
	if ( ! $found ) {
		return false;
	}
	$at = min( array_column( $found, 'at' ) );
	return $at ? $at : true;
}

/**
 * Tells whether one waits or runs.
 *
 * @param string     $hook  Hook.
 * @param array|null $args  Arguments.
 * @param string     $group Group.
 */
function as_has_scheduled_action( $hook, $args = null, $group = '' ) {
	return (bool) as_stub_find( $hook, $args, $group, array( 'pending', 'running' ) );
}

/**
 * Takes back what waits. Arguments of none mean any, as there.
 *
 * @param string $hook  Hook; '' for all of the group.
 * @param array  $args  Arguments.
 * @param string $group Group.
 */
function as_unschedule_all_actions( $hook, $args = array(), $group = '' ) {
	$actions = as_stub_all();
	foreach ( as_stub_find( $hook, $args ? $args : null, $group, array( 'pending' ) ) as $number ) {
		$actions[ $number ]['status'] = 'canceled';
	}
	as_stub_keep( $actions );
}

/**
 * Runs what is due, oldest first, as the queue runner does; a test may say that it is later.
 *
 * @param int|null $now Unix seconds; null for now.
 * @return string[] Hooks that were run, in order.
 */
function as_run_due( $now = null ): array {
	$now = $now ?? time();
	$ran = array();
	$due = array_filter(
		as_stub_all(),
		function ( $action ) use ( $now ) {
			return 'pending' === $action['status'] && $action['at'] <= $now;
		}
	);
	uasort(
		$due,
		function ( $one, $other ) {
			return $one['at'] - $other['at'];
		}
	);
	foreach ( $due as $number => $action ) {
		$ran[] = $action['hook'];
		as_stub_run( $number, $action, $now );
	}
	return $ran;
}

/**
 * Runs one action; a recurring one is planned again, whatever came of it.
 *
 * @param int   $number Its number.
 * @param array $action What it is.
 * @param int   $now    Unix seconds.
 */
function as_stub_run( int $number, array $action, int $now ): void {
	as_stub_mark( $number, 'running' );
	try {
		do_action_ref_array( $action['hook'], $action['args'] );
		as_stub_mark( $number, 'complete' );
	} catch ( Throwable $error ) {
		as_stub_mark( $number, 'failed' );
	}
	if ( $action['every'] ) {
		as_schedule_recurring_action( $now + $action['every'], $action['every'], $action['hook'], $action['args'], $action['group'] );
	}
}

/**
 * Notes where an action stands.
 *
 * @param int    $number Its number.
 * @param string $status Status.
 */
function as_stub_mark( int $number, string $status ): void {
	$actions                      = as_stub_all();
	$actions[ $number ]['status'] = $status;
	as_stub_keep( $actions );
}
