<?php
/**
 * Finds syntax that PHP 7.4 does not know; the `php -l` at hand is newer and would not complain.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

use PhpParser\Node;
use PhpParser\NodeFinder;
use PhpParser\ParserFactory;

require_once 'PhpParser/autoload.php'; // Debian's php-parser, which PHPUnit brings along.

/**
 * Names what is newer than PHP 7.4.
 */
class Newer_Php {

	const NODES = array(
		Node\Attribute::class,
		Node\Expr\Match_::class,
		Node\Expr\NullsafeMethodCall::class,
		Node\Expr\NullsafePropertyFetch::class,
		Node\Expr\Throw_::class,
		Node\IntersectionType::class,
		Node\Stmt\Enum_::class,
		Node\UnionType::class,
		Node\VariadicPlaceholder::class,
	);
	const TYPES = array( 'mixed', 'static', 'never', 'false', 'null', 'true' );

	/**
	 * Answers `line: what` for each place.
	 *
	 * @param string $source PHP.
	 * @return string[]
	 */
	public static function find( string $source ): array {
		$tree  = ( new ParserFactory() )->create( ParserFactory::PREFER_PHP7 )->parse( $source );
		$found = ( new NodeFinder() )->find( $tree, array( self::class, 'is_newer' ) );
		return array_map( fn( Node $node ) => $node->getStartLine() . ': ' . $node->getType(), $found );
	}

	/**
	 * Tells whether PHP 7.4 would stop here.
	 *
	 * @param Node $node Part of the source.
	 */
	public static function is_newer( Node $node ): bool {
		return in_array( get_class( $node ), self::NODES, true )
			|| ( $node instanceof Node\Param && 0 !== $node->flags )
			|| ( $node instanceof Node\Arg && null !== $node->name )
			|| ( $node instanceof Node\Stmt\Catch_ && null === $node->var )
			|| ( $node instanceof Node\Expr\ClassConstFetch && $node->class instanceof Node\Expr )
			|| self::has_newer_type( $node );
	}

	/**
	 * Tells whether something is declared with a type that came later.
	 *
	 * @param Node $node Part of the source.
	 */
	private static function has_newer_type( Node $node ): bool {
		$type = $node->type ?? $node->returnType ?? null;
		$type = $type instanceof Node\NullableType ? $type->type : $type;
		return ( $type instanceof Node\Identifier || $type instanceof Node\Name ) && in_array( strtolower( (string) $type ), self::TYPES, true );
	}
}
