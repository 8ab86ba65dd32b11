<?php
/**
 * Installs WordPress: Ada runs the shop, Ben only reads.
 *
 * @package LuxeBrain
 */

wp_install( 'Maison', 'ada', 'ada@maison.example', false, '', wp_slash( $given['password'] ) );
wp_insert_user(
	array(
		'user_login' => 'ben',
		'user_email' => 'ben@mail.example',
		'user_pass'  => $given['password'],
		'role'       => 'subscriber',
	)
);
activate_plugin( 'luxebrain/luxebrain.php' );
